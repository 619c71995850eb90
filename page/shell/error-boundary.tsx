import { Component, type ComponentChildren } from 'preact';
import { say } from '../text/say.ts';
import { Button } from '../ui/button.tsx';

/** What breaks in a part of the page is told there, and leaves the rest as it is. */
export class ErrorBoundary extends Component<{ children: ComponentChildren }, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };

  static override getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidCatch(error: unknown): void {
    console.error(error);
  }

  override render() {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    const message = error instanceof Error ? error.message : String(error);
    return (
      <section class="view broken" role="alert">
        <h2>{say('shell.broken')}</h2>
        <p>{say('shell.brokenMore', { message })}</p>
        <Button onClick={() => this.setState({ error: undefined })}>{say('shell.again')}</Button>
      </section>
    );
  }
}
