"""What is measured, each figure beside what it is measured against."""
