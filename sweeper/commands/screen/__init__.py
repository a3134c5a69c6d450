"""The full screen of ``sweeper watch``, drawn with textual; imported only where it is shown."""
