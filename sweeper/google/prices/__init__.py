"""What cloud machines cost: a dated table, the user's own prices before it, and estimates that say how old they are."""
