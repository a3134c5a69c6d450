"""The suite's assertions explain themselves, as a test file's own do."""

import pytest

pytest.register_assert_rewrite("tests.conformance.promises")
pytest.register_assert_rewrite("tests.conformance.study_promises")
