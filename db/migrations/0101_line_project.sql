-- LINE-19: a call belongs to the project and to the city of the number that was dialled.
alter table line
  add column project text check (length(project) between 1 and 100),
  add column city text check (length(city) between 1 and 100);
