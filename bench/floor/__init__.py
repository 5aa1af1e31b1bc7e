"""The floor: a bare Django project with nothing of ours in it, served beside the product and measured in turn."""
