"""Refusals are problem documents (RFC 9457), whoever refuses and why."""

from typing import Any

from werkzeug.test import TestResponse

PROBLEM_JSON = "application/problem+json"


def assert_problem(answer: TestResponse, *statuses: int, slug: str | None = None) -> dict[str, Any]:
    """See that *answer* is a problem document with one of these statuses, in both languages; give it."""
    assert answer.status_code in statuses, answer.get_data(as_text=True)[:500]
    assert answer.content_type == PROBLEM_JSON
    told: dict[str, Any] = answer.get_json()
    assert told["status"] == answer.status_code
    assert {"type", "title", "detail", "instance"} <= set(told)
    assert told["translations"]["de"]["detail"]
    assert told["translations"]["en"]["detail"]
    assert answer.headers["X-Request-Id"] == told["request_id"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"
    if slug is not None:
        assert told["type"].endswith(f"/problems/{slug}")
    return told
