-- People are found by their organisation's name (CONT-05): among organisations only, whose names are counted apart.
create index contact_organisation_part on contact using gin (search_key(name) gin_trgm_ops) where kind = 'organisation';
alter index contact_organisation_part alter column 1 set statistics 1000;
