"""What ``sweeper plan`` says of a cloud."""
