//! Class and tier of a model, by longest prefix of its id, from a data file.
