-- The truth of Asterism. Every state is checked here too, so that no program can write one that does not exist.

CREATE TABLE search (
  id text PRIMARY KEY,
  name text NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'waiting', 'paused', 'closing', 'finished', 'cancelled', 'failed')),
  spec jsonb NOT NULL,
  resolved jsonb NOT NULL,
  seq int NOT NULL DEFAULT 0 CHECK (seq >= 0),
  "journalSeq" int NOT NULL DEFAULT 0 CHECK ("journalSeq" >= 0),
  decided int NOT NULL DEFAULT 0,
  admitted int NOT NULL DEFAULT 0,
  budget int NOT NULL CHECK (budget > 0),
  hypervolume double precision,
  "frontSize" int NOT NULL DEFAULT 0,
  best jsonb NOT NULL DEFAULT '{}',
  "referencePoint" jsonb,
  "waitingFor" text,
  "numericClass" text,
  "cancelRequested" boolean NOT NULL DEFAULT false,
  paused boolean NOT NULL DEFAULT false,
  problem text,
  "createdAt" timestamptz(3) NOT NULL DEFAULT now(),
  "startedAt" timestamptz(3),
  "finishedAt" timestamptz(3),
  CHECK (admitted <= decided)
);
CREATE INDEX search_open ON search (id) WHERE state IN ('running', 'waiting', 'paused', 'closing');

-- `line` is the event as canonical text: jsonb would be free to print a number another way.
CREATE TABLE log_event (
  "searchId" text NOT NULL REFERENCES search (id) ON DELETE CASCADE,
  seq int NOT NULL,
  type text NOT NULL CHECK (type IN ('created', 'decided', 'admitted', 'lag.changed', 'engine.changed', 'closed')),
  n int,
  line text NOT NULL,
  PRIMARY KEY ("searchId", seq)
);
CREATE UNIQUE INDEX log_event_once ON log_event ("searchId", type, n) WHERE type IN ('decided', 'admitted');

CREATE TABLE journal (
  "searchId" text NOT NULL REFERENCES search (id) ON DELETE CASCADE,
  seq int NOT NULL,
  type text NOT NULL,
  "candidateId" text,
  n int,
  detail jsonb,
  at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY ("searchId", seq)
);

CREATE TABLE hypervolume_point (
  "searchId" text NOT NULL REFERENCES search (id) ON DELETE CASCADE,
  n int NOT NULL,
  value double precision NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY ("searchId", n)
);

-- One row of work is one evaluation or one profile; it belongs to no search.
CREATE TABLE work (
  id text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('evaluation', 'profile')),
  "memoKey" text NOT NULL UNIQUE,
  state text NOT NULL CHECK (state IN ('held', 'queued', 'running', 'finished', 'failed', 'cancelled')),
  queue text NOT NULL,
  "genomeHash" text NOT NULL,
  target text NOT NULL,
  "numericClass" text,
  work jsonb NOT NULL,
  dispatch int NOT NULL DEFAULT 0 CHECK (dispatch >= 0),
  epoch int NOT NULL DEFAULT 0 CHECK (epoch >= 0),
  "leaseUntil" timestamptz(3),
  "workerId" text,
  losses int NOT NULL DEFAULT 0,
  crashes int NOT NULL DEFAULT 0,
  transients int NOT NULL DEFAULT 0,
  "outOfMemory" int NOT NULL DEFAULT 0,
  "crashStep" int,
  progress jsonb,
  resume jsonb,
  outcome jsonb,
  class text,
  "resultEpoch" int,
  "resultHash" text,
  receipt jsonb,
  "cancelRequested" boolean NOT NULL DEFAULT false,
  "createdAt" timestamptz(3) NOT NULL DEFAULT now(),
  "queuedAt" timestamptz(3) NOT NULL DEFAULT now(),
  "startedAt" timestamptz(3),
  "finishedAt" timestamptz(3),
  CHECK ((state = 'running') = ("leaseUntil" IS NOT NULL)),
  CHECK ((state IN ('finished', 'failed')) = (outcome IS NOT NULL)),
  CHECK (state <> 'failed' OR class IS NOT NULL)
);
CREATE INDEX work_leased ON work ("leaseUntil") WHERE state = 'running';
CREATE INDEX work_queued ON work ("queuedAt") WHERE state = 'queued';
CREATE INDEX work_held ON work (id) WHERE state = 'held';
CREATE INDEX work_genome ON work ("genomeHash", kind);

CREATE TABLE candidate (
  id text PRIMARY KEY,
  "searchId" text NOT NULL REFERENCES search (id) ON DELETE CASCADE,
  n int NOT NULL,
  name text,
  origin text NOT NULL CHECK (origin IN ('start', 'baseline', 'initial', 'variation', 'random')),
  state text NOT NULL CHECK (state IN ('queued', 'profiling', 'training', 'finished', 'infeasible', 'failed', 'cancelled')),
  class text,
  "genomeHash" text NOT NULL,
  "trialHash" text NOT NULL,
  genome jsonb NOT NULL,
  "trialGenome" jsonb NOT NULL,
  code text NOT NULL,
  backbone jsonb NOT NULL,
  "values" jsonb NOT NULL DEFAULT '{}',
  intervals jsonb NOT NULL DEFAULT '{}',
  feasible boolean,
  "onFront" boolean NOT NULL DEFAULT false,
  rank int,
  parents int[] NOT NULL DEFAULT '{}',
  changes text[] NOT NULL DEFAULT '{}',
  "evaluationId" text REFERENCES work (id),
  "profileIds" text[] NOT NULL DEFAULT '{}',
  confirmed boolean NOT NULL DEFAULT false,
  "createdAt" timestamptz(3) NOT NULL DEFAULT now(),
  "finishedAt" timestamptz(3),
  UNIQUE ("searchId", n)
);
CREATE INDEX candidate_open ON candidate ("searchId") WHERE "finishedAt" IS NULL;
CREATE INDEX candidate_front ON candidate ("searchId") WHERE "onFront";
CREATE INDEX candidate_evaluation ON candidate ("evaluationId");
CREATE INDEX candidate_profiles ON candidate USING gin ("profileIds");
CREATE INDEX candidate_trial ON candidate ("trialHash");

CREATE TABLE refused_result (
  id bigserial PRIMARY KEY,
  "workId" text NOT NULL REFERENCES work (id) ON DELETE CASCADE,
  epoch int NOT NULL,
  reason text NOT NULL,
  outcome jsonb NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE work_log (
  "workId" text NOT NULL REFERENCES work (id) ON DELETE CASCADE,
  epoch int NOT NULL,
  "offset" int NOT NULL,
  text text NOT NULL,
  PRIMARY KEY ("workId", epoch, "offset")
);

CREATE TABLE worker (
  id text PRIMARY KEY,
  name text NOT NULL,
  registration jsonb NOT NULL,
  devices text[] NOT NULL,
  runtimes text[] NOT NULL,
  "numericClass" text NOT NULL,
  "cpuModel" text NOT NULL,
  "registeredAt" timestamptz(3) NOT NULL DEFAULT now(),
  "seenAt" timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE target (
  selector text NOT NULL,
  resolved text NOT NULL,
  calibration jsonb,
  "firstSeenAt" timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (selector, resolved)
);

CREATE TABLE dataset (
  name text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('text', 'tokens', 'pairs', 'choices', 'series')),
  sha256 text NOT NULL,
  bytes bigint NOT NULL,
  documents int NOT NULL,
  source text,
  "createdAt" timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE artifact (
  sha256 text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  bytes bigint NOT NULL,
  "createdAt" timestamptz(3) NOT NULL DEFAULT now(),
  "removedAt" timestamptz(3)
);

CREATE TABLE token (
  id text PRIMARY KEY,
  name text NOT NULL,
  scope text NOT NULL CHECK (scope IN ('admin', 'worker')),
  hash text NOT NULL UNIQUE,
  hint text NOT NULL,
  "createdAt" timestamptz(3) NOT NULL DEFAULT now(),
  "lastUsedAt" timestamptz(3),
  "revokedAt" timestamptz(3)
);

CREATE TABLE session (
  hash text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('link', 'cookie')),
  "createdAt" timestamptz(3) NOT NULL DEFAULT now(),
  "expiresAt" timestamptz(3) NOT NULL,
  "usedAt" timestamptz(3)
);

-- What the database decided and Redis does not know yet; written in the transaction of the decision.
CREATE TABLE outbox (
  id bigserial PRIMARY KEY,
  queue text NOT NULL,
  "workId" text NOT NULL REFERENCES work (id) ON DELETE CASCADE,
  dispatch int NOT NULL,
  "createdAt" timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE idempotency_key (
  "tokenId" text NOT NULL,
  route text NOT NULL,
  key text NOT NULL,
  "bodyHash" text NOT NULL,
  status int,
  answer jsonb,
  "createdAt" timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY ("tokenId", route, key)
);

-- Every time the report split was looked at.
CREATE TABLE opening (
  id bigserial PRIMARY KEY,
  "searchId" text NOT NULL REFERENCES search (id) ON DELETE CASCADE,
  "candidateId" text NOT NULL REFERENCES candidate (id) ON DELETE CASCADE,
  "evaluationId" text NOT NULL REFERENCES work (id),
  replicate int NOT NULL,
  "tokenId" text NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX opening_search ON opening ("searchId");

CREATE TABLE beat (
  name text PRIMARY KEY,
  at timestamptz(3) NOT NULL
);
