import type { FirstAnswers } from '../server/first-answers.js';

/** What the server sent with the page; null when the page was kept by the browser without it. */
export const sent = JSON.parse(document.getElementById('sent')?.textContent || 'null') as FirstAnswers | null;
