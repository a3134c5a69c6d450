"""One sweep as one HTML file: rows of the results -> the model of the page -> its text."""
