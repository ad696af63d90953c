"""A bot that MLflow's SDK traces, sent by OpenTelemetry's exporter instead of to MLflow."""

import contextlib

import mlflow
import mlflow.openai

import talk

mlflow.openai.autolog()


@contextlib.contextmanager
def turn(user, session):
    with mlflow.start_span("answer", span_type="CHAIN"):
        mlflow.update_current_trace(metadata={"mlflow.trace.user": user, "mlflow.trace.session": session})
        yield


talk.talk(talk.make_client(), turn)
mlflow.flush_trace_async_logging()
