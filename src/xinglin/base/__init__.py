"""Words every room shares: places, periods, value states, problems, errors."""
