import { createBrowserRouter } from 'react-router';
import { NotFound } from './not-found';
import { Crash } from './crash';
import { Shell } from './shell';

/** Each page is its own chunk, so the first paint of any page carries only that page. */
export const router = createBrowserRouter([
  {
    element: <Shell />,
    errorElement: <Crash />,
    hydrateFallbackElement: <></>,
    children: [
      {
        index: true,
        lazy: async () => ({ Component: (await import('../features/searches/searches-page')).SearchesPage }),
      },
      {
        path: 'new',
        lazy: async () => ({
          Component: (await import('../features/new-search/new-search-page')).NewSearchPage,
        }),
      },
      {
        path: 'searches/:id',
        lazy: async () => ({ Component: (await import('../features/search/search-page')).SearchPage }),
      },
      {
        path: 'candidates/:id',
        lazy: async () => ({
          Component: (await import('../features/candidate/candidate-page')).CandidatePage,
        }),
      },
      {
        path: 'compare',
        lazy: async () => ({ Component: (await import('../features/compare/compare-page')).ComparePage }),
      },
      {
        path: 'genomes',
        lazy: async () => ({ Component: (await import('../features/genomes/genomes-page')).GenomesPage }),
      },
      {
        path: 'genomes/:name',
        lazy: async () => ({ Component: (await import('../features/genomes/genome-page')).GenomePage }),
      },
      {
        path: 'evaluations',
        lazy: async () => ({
          Component: (await import('../features/evaluations/evaluations-page')).EvaluationsPage,
        }),
      },
      {
        path: 'evaluations/:id',
        lazy: async () => ({
          Component: (await import('../features/evaluations/evaluation-page')).EvaluationPage,
        }),
      },
      { path: '*', element: <NotFound /> },
    ],
  },
]);
