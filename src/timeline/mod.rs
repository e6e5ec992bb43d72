//! Which events make a storyline, in what order, under what headline. Pure.
