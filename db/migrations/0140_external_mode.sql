-- Who is called outside needs a number there; whoever has none is called at the phone.
update agent set call_mode = 'phone' where call_mode = 'external' and mobile is null;
alter table agent add constraint agent_external_mobile check (call_mode <> 'external' or mobile is not null);
