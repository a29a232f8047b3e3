//! Permissions of identities for maps. They count only where the service's access lists are on, and never for REST.
//!
//! Source: <https://www.twilio.com/docs/sync/api/sync-map-permission-resource>. Whether a client may create a map while access lists
//! are on is not documented; here it may not.

use serde::Serialize;

use super::SyncMap;
use crate::world::error::{Error, Result};
use crate::world::World;

/// The permissions of one identity for one map.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Permission {
    /// To open the map and read its items.
    pub read: bool,
    /// To change its items.
    pub write: bool,
    /// To delete the map.
    pub manage: bool,
}

/// A use of a map that needs a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Read,
    Write,
    Manage,
}

impl Permission {
    fn allows(self, what: Use) -> bool {
        match what {
            Use::Read => self.read,
            Use::Write => self.write,
            Use::Manage => self.manage,
        }
    }
}

impl World {
    /// Sets the permissions of an identity for a map.
    pub fn set_map_permission(
        &mut self,
        service: &str,
        map: &str,
        identity: &str,
        permission: Permission,
    ) -> Result<()> {
        let sid = self.map(service, map)?.sid.clone();
        let map = self.maps.get_mut(&sid).ok_or(Error::MapNotFound)?;
        map.permissions.insert(identity.to_owned(), permission);
        Ok(())
    }

    /// Deletes the permissions of an identity for a map, which is the same as to refuse all of them.
    pub fn remove_map_permission(
        &mut self,
        service: &str,
        map: &str,
        identity: &str,
    ) -> Result<()> {
        self.map_permission(service, map, identity)?;
        let sid = self.map(service, map)?.sid.clone();
        let map = self.maps.get_mut(&sid).ok_or(Error::MapNotFound)?;
        map.permissions.remove(identity);
        Ok(())
    }

    /// Returns the permissions of an identity for a map.
    pub fn map_permission(&self, service: &str, map: &str, identity: &str) -> Result<Permission> {
        let found = self.map(service, map)?.permissions.get(identity);
        found.copied().ok_or(Error::PermissionNotFound)
    }

    /// Returns true if a client with this identity may use a map.
    #[must_use]
    pub fn may_use(&self, identity: &str, map: &SyncMap, what: Use) -> bool {
        let has_lists = self.has_access_lists(&map.service_sid);
        let permission = map.permissions.get(identity).copied();
        !has_lists || permission.unwrap_or_default().allows(what)
    }

    /// Returns true if the access lists of a service are on.
    #[must_use]
    pub fn has_access_lists(&self, service: &str) -> bool {
        self.sync_service(service)
            .is_ok_and(|service| service.acl_enabled)
    }
}
