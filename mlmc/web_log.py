"""gunicorn's log lines, through our door. It writes no line per request: its line would hold the address asked for."""

import logging

from gunicorn.glogging import Logger

from mlmc.core import logs


class WebServerLog(Logger):
    def setup(self, cfg):
        self.cfg, self._access_log_enabled = cfg, False
        self.loglevel = self.LOG_LEVELS.get(cfg.loglevel.lower(), logging.INFO)
        self.error_log.setLevel(self.loglevel)
        handler = logging.StreamHandler()
        handler.setFormatter(logs.door())
        self.error_log.handlers = [handler]

    def access(self, resp, req, environ, request_time):
        pass
