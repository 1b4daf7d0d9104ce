"""What is open as a page, a workbook and a calendar file."""
