import { Component, type ReactNode } from 'preact/compat';
import { addressOf } from '../web/url.js';

/** Keeps a fault of one page from taking the whole dashboard: says so, and offers the ways on. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly failure: string | null }> {
  override readonly state: { readonly failure: string | null } = { failure: null };

  static override getDerivedStateFromError(error: unknown): { readonly failure: string } {
    return { failure: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    if (this.state.failure === null) return this.props.children;
    return (
      <div className="empty" role="alert">
        <b>This page could not be shown</b>
        <p className="message">{this.state.failure}</p>
        <p className="row">
          <button type="button" onClick={() => this.setState({ failure: null })}>
            Try again
          </button>
          <a href={addressOf('/')}>To the overview</a>
        </p>
      </div>
    );
  }
}
