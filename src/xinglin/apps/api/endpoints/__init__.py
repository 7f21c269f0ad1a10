"""Operations, one module for each part: load within the area, call one action, answer."""
