"""The programs in banks: run, and held against what their author says of them."""
