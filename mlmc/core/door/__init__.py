"""The front door: what proves who somebody is, how they come in, and what locks behind them."""
