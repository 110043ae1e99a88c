import { createApplication } from './application';
import { readEnvironment } from './config/environment';

/** HTTP, and the scheduler beside it unless ROLE=api. */
async function main(): Promise<void> {
  const environment = readEnvironment(process.env);
  const application = await createApplication(environment);
  if (environment.role === 'scheduler') {
    await application.init();
    return;
  }
  await application.listen(environment.port, environment.host);
  console.log(`listening on http://${environment.host}:${environment.port}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
