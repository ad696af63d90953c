"""A program that exports all three signals of OpenTelemetry, of which only the traces hold anything for a bot."""

import logging

from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

logs = LoggerProvider()
logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
logging.getLogger("bot").addHandler(LoggingHandler(logger_provider=logs))
logging.getLogger("bot").warning("the parcel service does not answer")
logs.shutdown()

metrics = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())])
metrics.get_meter("bot").create_counter("turns").add(1)
metrics.shutdown()
