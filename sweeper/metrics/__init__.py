"""What trials report: readers of the files and lines that trainers write, whatever shape they are in."""
