"""How often is a signal one? Series whose truth is known, judged week by week as a viewer would."""
