"""Fixtures that several folders of tests share."""

pytest_plugins = ("tests.emulator_server",)
