import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const api = process.env['ASTERISM_URL'] ?? 'http://127.0.0.1:7700';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Fonts and images as data: URLs would need an exception in the content security policy.
    assetsInlineLimit: 0,
    // ECharts is one lazy chunk of about 600 kB, never on the path of the first paint.
    chunkSizeWarningLimit: 800,
  },
  server: { port: 7701, strictPort: true, proxy: { '/v1': api } },
});
