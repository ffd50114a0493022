/** What is inside, while it loads and when it throws: a page that fails takes neither bar nor navigation with it. */
import { Component, type ReactNode, Suspense } from 'react';
import { useLocation } from 'react-router';
import { PageLoading } from '../states/loading.tsx';
import { BrokenPage } from './broken-page.tsx';

interface BoundaryProps {
  children: ReactNode;
  /** Where it is shown: at another place it is tried anew. */
  place: string;
}

class Boundary extends Component<BoundaryProps, { error: unknown; place: string }> {
  override state = { error: null, place: this.props.place };

  static getDerivedStateFromError = (error: unknown) => ({ error });

  static getDerivedStateFromProps = ({ place }: BoundaryProps, before: { place: string }) =>
    place === before.place ? null : { place, error: null };

  override render() {
    return this.state.error === null ? this.props.children : <BrokenPage error={this.state.error} />;
  }
}

export function Safely({ children }: { children: ReactNode }) {
  const { pathname } = useLocation();
  return (
    <Boundary place={pathname}>
      <Suspense fallback={<PageLoading />}>{children}</Suspense>
    </Boundary>
  );
}
