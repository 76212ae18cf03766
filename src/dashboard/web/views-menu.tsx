import { type ReactNode, useCallback, useEffect, useState } from 'preact/compat';
import { Menu } from '../parts/menus.js';
import type { SavedViews } from '../server/views-route.js';
import { ApiError, ask } from './api.js';
import { go } from './url.js';

/** Views that were given a name: each is an address, which reproduces it. They are kept on this computer. */
export function ViewsMenu(): ReactNode {
  return (
    <Menu label="Views" icon="bookmark">
      {(close) => <Views onChosen={close} />}
    </Menu>
  );
}

function Views({ onChosen }: { readonly onChosen: () => void }): ReactNode {
  const [saved, setSaved] = useState<SavedViews | null>(null);
  const [name, setName] = useState('');
  const [error, setError] = useState<string | null>(null);
  const change = useCallback(async (path: string, init?: RequestInit) => {
    try {
      setSaved(await ask<SavedViews>(path, init));
      setError(null);
    } catch (failure) {
      setError(failure instanceof ApiError ? failure.message : String(failure));
    }
  }, []);
  useEffect(() => {
    void change('/api/views');
  }, [change]);
  const save = async (): Promise<void> => {
    const address = `${window.location.pathname}${window.location.search}`;
    await change('/api/views', {
      method: 'POST',
      body: JSON.stringify({ name, address }),
      headers: { 'content-type': 'application/json' },
    });
    setName('');
  };
  return (
    <div className="views">
      {saved?.views.length === 0 && <p className="soft">No view is saved yet.</p>}
      <ul>
        {saved?.views.map((view) => (
          <li key={view.name}>
            <button
              type="button"
              className="quiet cut"
              title={view.address}
              onClick={() => {
                go(view.address);
                onChosen();
              }}
            >
              {view.name}
            </button>
            <button
              type="button"
              className="quiet"
              aria-label={`Forget the view ${view.name}`}
              onClick={() => void change(`/api/views?name=${encodeURIComponent(view.name)}`, { method: 'DELETE' })}
            >
              ✕
            </button>
          </li>
        ))}
      </ul>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') void save();
        }}
      >
        <input
          aria-label="Name of this view"
          placeholder="Name of this view"
          maxLength={120}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <button type="submit" className="primary" disabled={name.trim() === ''}>
          Save
        </button>
      </form>
      {error && (
        <p className="bad-text" role="alert">
          {error}
        </p>
      )}
      {saved && <p className="soft">Kept in {saved.file}, for you alone; the link in the address bar is for others.</p>}
    </div>
  );
}
