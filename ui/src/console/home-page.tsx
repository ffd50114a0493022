/** The console's first address: its customers. */
import { Navigate } from 'react-router';
import { customersAddress } from './addresses.ts';

export const Page = () => <Navigate replace to={customersAddress} />;
