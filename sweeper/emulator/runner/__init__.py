"""Runs the emulator's jobs: real processes in environments of their own, or simulated ones."""
