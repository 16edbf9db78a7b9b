-- What a machine gets is a campaign's choice: the end, or a message after its greeting.
update campaign set amd = '{"machine": "hang-up", "machineSoundId": null}'::jsonb || amd where amd is not null;
