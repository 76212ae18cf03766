import { defineConfig } from 'vite';

/** The dashboard's page: `vite build` writes it to dist/web, where `aqt serve` finds it. */
export default defineConfig(({ command }) => {
  // A build started by a test inherits NODE_ENV=test.
  if (command === 'build') process.env.NODE_ENV = 'production';
  return {
    root: 'src/dashboard/web',
    base: '/',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: '../../../dist/web',
      emptyOutDir: true,
      target: 'es2022',
      // The page's policy allows no inline script, and every browser of the target preloads modules by itself.
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      reportCompressedSize: true,
    },
  };
});
