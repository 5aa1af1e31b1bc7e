"""What every gunicorn that is started here keeps to; addresses and numbers of workers come from the command line."""

logger_class = "mlmc.web_log.WebServerLog"
limit_request_line = 4094
limit_request_fields = 100
limit_request_field_size = 8190
