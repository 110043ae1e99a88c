import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { ARTIFACT_STORE } from './artifacts/artifact-store';
import { ArtifactsController } from './artifacts/artifacts.controller';
import { ArtifactsService } from './artifacts/artifacts.service';
import { FolderStore } from './artifacts/folder-store';
import { CandidatesController } from './candidates/candidates.controller';
import { CandidatesRepository } from './candidates/candidates.repository';
import { CandidatesService } from './candidates/candidates.service';
import { ENVIRONMENT, type Environment } from './config/environment';
import { DatasetsController } from './datasets/datasets.controller';
import { DatasetsService } from './datasets/datasets.service';
import { Engine } from './engine/engine';
import { Leader } from './engine/leader';
import { Logs } from './engine/logs';
import { Outbox } from './engine/outbox';
import { Reconciler } from './engine/reconciler';
import { Retention } from './engine/retention';
import { SchedulerLoop } from './engine/scheduler-loop';
import { EvaluationsController, ProfilesController } from './evaluations/evaluations.controller';
import { SingleService } from './evaluations/single.service';
import { GenomesController } from './genomes/genomes.controller';
import { Library } from './genomes/library';
import { HealthController } from './health/health.controller';
import { AuthGuard } from './http/auth.guard';
import { Idempotency } from './http/idempotency';
import { OpenApiController } from './http/openapi.controller';
import { ProblemFilter } from './http/problem.filter';
import { EvaluationLeaseController, ProfileLeaseController } from './leases/lease.controllers';
import { LeaseService } from './leases/lease.service';
import { Teller } from './leases/teller';
import { WorkRepository } from './leases/work.repository';
import { Database } from './persistence/database';
import { Listener } from './persistence/listener';
import { Conveyor } from './queue/conveyor';
import { BoardService } from './scores/board.service';
import { ItemsService } from './scores/items.service';
import { SamplesReader } from './scores/samples';
import { ScoresController } from './scores/scores.controller';
import { SheetService } from './scores/sheet.service';
import { CatalogueService } from './searches/catalogue.service';
import { JournalController } from './searches/journal.controller';
import { JournalService } from './searches/journal.service';
import { SearchesController } from './searches/searches.controller';
import { SearchesRepository } from './searches/searches.repository';
import { SearchesService } from './searches/searches.service';
import { TargetsController } from './targets/targets.controller';
import { Suites } from './tasks/suites';
import { TasksController } from './tasks/tasks.controller';
import { Weights } from './tasks/weights';
import { TokenBootstrap } from './tokens/bootstrap';
import { SessionsService } from './tokens/sessions.service';
import { TokensController } from './tokens/tokens.controller';
import { TokensService } from './tokens/tokens.service';
import { WorkersController } from './workers/workers.controller';
import { WorkersService } from './workers/workers.service';

/** What both entry points share: database, queue, and everything that reads or writes rows. */
const core: Provider[] = [
  Database,
  Listener,
  Conveyor,
  WorkRepository,
  Teller,
  WorkersService,
  Library,
  CatalogueService,
  Suites,
  TokensService,
  SessionsService,
  TokenBootstrap,
];

const http: Provider[] = [
  LeaseService,
  ArtifactsService,
  DatasetsService,
  SearchesRepository,
  SearchesService,
  JournalService,
  CandidatesRepository,
  CandidatesService,
  Weights,
  SamplesReader,
  BoardService,
  ItemsService,
  SheetService,
  SingleService,
  Idempotency,
  { provide: APP_GUARD, useClass: AuthGuard },
  { provide: APP_FILTER, useClass: ProblemFilter },
];

const scheduler: Provider[] = [Leader, Logs, Engine, Outbox, Reconciler, Retention, SchedulerLoop];

const controllers = [
  OpenApiController,
  HealthController,
  TokensController,
  WorkersController,
  EvaluationLeaseController,
  ProfileLeaseController,
  ArtifactsController,
  DatasetsController,
  GenomesController,
  TasksController,
  TargetsController,
  SearchesController,
  JournalController,
  CandidatesController,
  ScoresController,
  EvaluationsController,
  ProfilesController,
];

@Module({})
export class AppModule {
  /** The modules of a role; the environment is read once and handed in. */
  static of(environment: Environment): DynamicModule {
    const serves = environment.role !== 'scheduler';
    const schedules = environment.role !== 'api';
    return {
      module: AppModule,
      controllers: serves ? controllers : [],
      providers: [
        { provide: ENVIRONMENT, useValue: environment },
        { provide: ARTIFACT_STORE, useValue: new FolderStore(environment.artifacts) },
        ...core,
        ...(serves ? http : []),
        ...(schedules ? scheduler : []),
      ],
    };
  }
}
