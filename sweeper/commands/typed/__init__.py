"""The command line itself: what is wrong with one, what may come next, what each verb is for."""
