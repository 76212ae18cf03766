import { createRoot } from 'preact/compat/client';
import '../style/base.css';
import '../style/parts.css';
import '../style/pages.css';
import '../style/places.css';
import '../style/lists.css';
import '../style/chart.css';
import '../style/print.css';
import { App } from './app.js';

const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
