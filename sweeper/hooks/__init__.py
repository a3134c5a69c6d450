"""What is told to the outside when a sweep ends or a trial has failed: a program is run, or an address is posted to."""
