"""What the cloud backends share: identity, submitting exactly once, polling, metrics out of the bucket."""
