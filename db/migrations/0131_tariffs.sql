-- What calls to numbers outside cost (XFER-12, FWD-08, BILL-08).

create table tariff (
  id                     uuid primary key default gen_random_uuid(),
  -- Numbers that begin so, in E.164; the longest prefix wins.
  prefix                 text not null unique check (prefix ~ '^\+[1-9][0-9]{0,14}$'),
  direction              text not null,
  rate_minor_per_minute  integer not null check (rate_minor_per_minute >= 0),
  -- ISO 4217.
  currency               text not null check (currency ~ '^[A-Z]{3}$'),
  -- What is begun is charged: every second, or every minute.
  rounding               text not null check (rounding in ('second', 'minute')),
  created_at             timestamptz not null default now()
);

-- One answered connection to a number outside, with the tariff as it was when the call was taken in.
create table charge (
  call_id                uuid not null references call on delete cascade,
  channel                text not null,
  number                 text not null,
  answered_at            timestamptz not null,
  seconds                integer not null,
  billed_seconds         integer,
  direction              text,
  rate_minor_per_minute  integer,
  rounding               text,
  currency               text,
  -- Null: nobody can say, and the reason says why.
  amount_minor           bigint,
  reason                 text check (reason in ('no_tariff', 'own_pbx')),
  primary key (call_id, channel),
  check ((amount_minor is null) = (reason is not null))
);
