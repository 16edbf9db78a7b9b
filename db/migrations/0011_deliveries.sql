-- When a webhook has something to do next, without reading everything that waits for it.
create index webhook_delivery_next on webhook_delivery (webhook_id, next_at) where state = 'pending';
