//! How many connections may be open, in all and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// One address may have one part in so many of all places.
const SHARES: usize = 2;

/// Gives out places for connections.
#[derive(Debug)]
pub(super) struct Admission {
    places: Arc<Semaphore>,
    share: usize,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A place that is not yet anybody's.
#[derive(Debug)]
pub(super) struct FreePlace<'a> {
    admission: &'a Admission,
    permit: Option<OwnedSemaphorePermit>,
}

/// The place of an open connection; free again when dropped.
#[derive(Debug)]
pub(super) struct Place {
    _permit: Option<OwnedSemaphorePermit>,
    /// The address that it counts for.
    address: Option<IpAddr>,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Admission {
    pub(super) fn new(places: usize) -> Self {
        let places = places.clamp(SHARES, Semaphore::MAX_PERMITS);
        Self { places: Arc::new(Semaphore::new(places)), share: places / SHARES, taken: Arc::default() }
    }

    /// Waits until one more connection may be open.
    pub(super) async fn wait_for_place(&self) -> FreePlace<'_> {
        // Nobody closes this semaphore.
        FreePlace { admission: self, permit: self.places.clone().acquire_owned().await.ok() }
    }
}

impl FreePlace<'_> {
    /// Takes the place for a client; `None` when its address has its whole share. A proxy has no share of its own.
    pub(super) fn share_with(self, address: IpAddr, is_proxy: bool) -> Option<Place> {
        let Admission { share, taken, .. } = self.admission;
        let address = (!is_proxy).then(|| network_of(address.to_canonical()));
        if let Some(address) = address {
            let mut taken = lock(taken);
            let count = taken.entry(address).or_default();
            if *count >= *share {
                return None;
            }
            *count += 1;
        }
        Some(Place { _permit: self.permit, address, taken: taken.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut taken = lock(&self.taken);
        if let Some(count) = taken.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&address);
            }
        }
    }
}

/// One subscriber has a whole IPv6 network of 64 bits.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()),
    }
}

fn lock(taken: &Mutex<HashMap<IpAddr, usize>>) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn one_address_has_half_of_all_places() {
        let admission = Admission::new(4);
        let mut places = Vec::new();
        for (from, is_taken) in [("192.0.2.1", true), ("192.0.2.1", true), ("192.0.2.1", false)] {
            let place = admission.wait_for_place().await.share_with(address(from), false);
            assert_eq!(place.is_some(), is_taken);
            places.extend(place);
        }
        assert!(admission.wait_for_place().await.share_with(address("192.0.2.2"), false).is_some());
        places.pop();
        assert!(admission.wait_for_place().await.share_with(address("192.0.2.1"), false).is_some());
        places.clear();
        assert!(lock(&admission.taken).is_empty());
    }

    #[tokio::test]
    async fn a_trusted_proxy_may_have_them_all() {
        let admission = Admission::new(4);
        let mut places = Vec::new();
        for _ in 0..4 {
            places.push(admission.wait_for_place().await.share_with(address("192.0.2.1"), true).unwrap());
        }
        assert_eq!(admission.places.available_permits(), 0);
    }

    #[tokio::test]
    async fn addresses_of_one_ipv6_network_share() {
        let admission = Admission::new(2);
        let _place = admission.wait_for_place().await.share_with(address("2001:db8::1"), false).unwrap();
        let other = admission.wait_for_place().await;
        assert!(other.share_with(address("2001:db8::2"), false).is_none());
        let mapped = admission.wait_for_place().await.share_with(address("::ffff:192.0.2.1"), false);
        assert_eq!(mapped.unwrap().address, Some(address("192.0.2.1")));
    }
}
