"""The statements as a spreadsheet, out and back without loss."""
