"""Look and feel: the base page, navigation, styles, pieces that every page uses."""
